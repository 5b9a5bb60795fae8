-- Whole numbers with commas between: whoever reads one knows who has appended to it, and in which order.
CREATE TABLE anomaly_list (
  k INT NOT NULL PRIMARY KEY,
  v TEXT NOT NULL
);

CREATE TABLE anomaly_counter (
  id INT NOT NULL PRIMARY KEY,
  n BIGINT NOT NULL
);

-- Two doctors share each shift; one of them must be on call.
CREATE TABLE anomaly_doctor (
  shift INT NOT NULL,
  id INT NOT NULL,
  on_call INT NOT NULL,
  PRIMARY KEY (shift, id)
);
