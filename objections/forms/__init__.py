"""Acts of objections and complaints as forms of the workbench."""
