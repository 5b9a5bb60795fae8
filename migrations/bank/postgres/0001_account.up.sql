-- Money is whole cents: exact on every engine, and its sum can be compared to the cent.
CREATE TABLE account (
  id INT NOT NULL PRIMARY KEY,
  owner VARCHAR(64) NOT NULL,
  balance BIGINT NOT NULL,
  -- Counts changes; optimistic transfers compare it instead of locking.
  version INT NOT NULL
);
