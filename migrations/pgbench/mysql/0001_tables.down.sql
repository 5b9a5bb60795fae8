DROP TABLE pgbench_history;

DROP TABLE pgbench_accounts;

DROP TABLE pgbench_tellers;

DROP TABLE pgbench_branches;
