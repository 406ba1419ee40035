-- GodView sees which routers were given back, and their receipts.
-- SPDX-License-Identifier: Apache-2.0
grant select (returned_at, wiped_at, receipt) on routers to vivi_staff;
