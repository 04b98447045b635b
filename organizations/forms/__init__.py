"""Forms of the workbench for units, officers, experts and clients: one class per act, each ending in one service call."""
