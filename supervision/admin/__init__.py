"""The workbench of supervision; each module registers its own."""
