CREATE TABLE log (customer UInt32, at DateTime, event String, channel String)
ENGINE = MergeTree PARTITION BY tuple() ORDER BY at;

CREATE TABLE sorted (customer UInt32, at DateTime, event String, channel String)
ENGINE = MergeTree PARTITION BY tuple() ORDER BY (customer, at);
