"""Forms of the workbench: one class per legal act, each ending in one service call."""
