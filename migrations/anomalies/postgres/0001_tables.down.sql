DROP TABLE anomaly_doctor;

DROP TABLE anomaly_counter;

DROP TABLE anomaly_list;
