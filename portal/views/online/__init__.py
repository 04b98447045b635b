"""办事大厅: pages of the services online."""
