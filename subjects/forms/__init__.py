"""Forms of the workbench for subjects: one class per act, each ending in one service call."""
