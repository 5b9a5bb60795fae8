-- The tables that `pgbench -i` makes, column for column, without its foreign keys (as pgbench has it by default).
-- Their primary keys come after the rows, as there: building an index once is quicker than growing it row by row.
CREATE TABLE pgbench_branches (
  bid INT NOT NULL,
  bbalance INT,
  filler CHAR(88)
);

CREATE TABLE pgbench_tellers (
  tid INT NOT NULL,
  bid INT,
  tbalance INT,
  filler CHAR(84)
);

CREATE TABLE pgbench_accounts (
  aid INT NOT NULL,
  bid INT,
  abalance INT,
  filler CHAR(84)
);

CREATE TABLE pgbench_history (
  tid INT,
  bid INT,
  aid INT,
  delta INT,
  mtime TIMESTAMP,
  filler CHAR(22)
);
