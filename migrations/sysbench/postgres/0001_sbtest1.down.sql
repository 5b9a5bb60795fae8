DROP TABLE sbtest1;
