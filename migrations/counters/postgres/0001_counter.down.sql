DROP TABLE counter_shard;

DROP TABLE counter;
