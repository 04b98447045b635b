"""The kernel: clock, periods, deadlines, workflow, actors, history, outbox, and nothing that knows the word credit."""
