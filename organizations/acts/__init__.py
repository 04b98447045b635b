"""Legal acts in the workbench: forms, their page, and the record pages they stand on; every floor above uses these."""
