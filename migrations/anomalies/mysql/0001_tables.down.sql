DROP TABLE doctor;

DROP TABLE counter;

DROP TABLE list;
