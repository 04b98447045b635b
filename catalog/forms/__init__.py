"""Forms of the workbench for the catalogue: one class per act, each ending in one service call."""
