-- Keys that operators made known beforehand.
-- SPDX-License-Identifier: Apache-2.0

-- Set: an operator named this key; it is remembered whether or not it comes.
alter table routers add column registered_at timestamptz;
