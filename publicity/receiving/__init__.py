"""Decisions of the 行政权力依法规范公开运行平台 come in through the same profiles as files, and are compared daily."""
