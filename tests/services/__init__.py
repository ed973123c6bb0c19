"""PostgreSQL, S3, Redis and SQS in place of SQLite, files and the database's queue: `make test-services`."""
