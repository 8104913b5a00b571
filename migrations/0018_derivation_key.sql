-- schema: ledger

-- up
ALTER TABLE run_resources ADD COLUMN derivation_key text;
COMMENT ON COLUMN run_resources.derivation_key IS 'Digest of all that its rows were derived from: code, raw file, rows looked up in other resources.';

-- down
ALTER TABLE run_resources DROP COLUMN derivation_key;
