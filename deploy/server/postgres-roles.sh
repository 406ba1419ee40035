#!/bin/sh
# Run once by the PostgreSQL image: the owner's database, and a login for each process; what they may do is in the migrations.
# SPDX-License-Identifier: Apache-2.0
set -eu

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
    -v owner="$VIVI_OWNER_PASSWORD" -v api="$VIVI_API_PASSWORD" -v auth="$VIVI_AUTH_PASSWORD" -v hub="$VIVI_HUB_PASSWORD" \
    -v staff="$VIVI_STAFF_PASSWORD" <<'SQL'
create role vivi_owner login createrole password :'owner';
create role vivi_api login password :'api';
create role vivi_auth login password :'auth';
create role vivi_hub login password :'hub';
create role vivi_staff login password :'staff';
create database vivi owner vivi_owner;
SQL
