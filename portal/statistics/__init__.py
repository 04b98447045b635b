"""Public statistics: counted once a day and kept, drawn on the server, each picture with its figures beside it."""
