"""The workbench of the exchange; each module registers its own."""
