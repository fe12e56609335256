-- What a node offers, as JSON in the form of the type in tidegate-core: what a request shows, and what
-- was approved with a role. NULL: an operator, or a node that never said it.
ALTER TABLE pair_requests ADD COLUMN offer TEXT;
ALTER TABLE device_grants ADD COLUMN offer TEXT;
