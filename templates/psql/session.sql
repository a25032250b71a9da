-- Stop at the first error, with exit status 3; one transaction a statement; values are read as what they are, UTF-8.
\set ON_ERROR_STOP on
\set AUTOCOMMIT on
\set QUIET on
\set SHOW_CONTEXT never
\encoding UTF8
\pset pager off
