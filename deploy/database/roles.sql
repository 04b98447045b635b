-- Two roles, none of them superuser: the owner migrates, the application reads and writes rows. Run once, by the
-- superuser, in the new database (deploy/database/roles.sh). Triggers and constraints bind the application: it can
-- neither disable nor replace them, nor truncate a table.
CREATE ROLE xinyong_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE xinyong_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';

ALTER DATABASE :"database" OWNER TO xinyong_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO xinyong_app;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO xinyong_app;
ALTER DEFAULT PRIVILEGES FOR ROLE xinyong_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO xinyong_app;
ALTER DEFAULT PRIVILEGES FOR ROLE xinyong_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO xinyong_app;
