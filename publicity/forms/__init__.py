"""Forms of double publicity: one class per act, each ending in one service call."""
