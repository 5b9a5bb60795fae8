-- The table of sysbench's oltp_* tests, so that numbers compare.
CREATE TABLE record (
  id INT NOT NULL PRIMARY KEY,
  k INT NOT NULL,
  c CHAR(120) NOT NULL,
  pad CHAR(60) NOT NULL
);

CREATE INDEX record_k ON record (k);
