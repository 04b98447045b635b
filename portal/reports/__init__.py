"""公共信用信息报告: facts gathered, typeset, numbered, signed, and checked again by whoever receives one."""
