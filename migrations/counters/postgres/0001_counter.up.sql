CREATE TABLE counter (
  id INT NOT NULL PRIMARY KEY,
  hits BIGINT NOT NULL
);

-- The same counters, each spread over several rows: a hit takes any of them, a reader adds them up.
CREATE TABLE counter_shard (
  counter_id INT NOT NULL,
  shard INT NOT NULL,
  hits BIGINT NOT NULL,
  PRIMARY KEY (counter_id, shard)
);
