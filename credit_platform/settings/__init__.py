"""Settings: `development` (the default), `test`, `production`; all variables are declared in `environment`."""
