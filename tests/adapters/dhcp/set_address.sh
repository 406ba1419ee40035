#!/bin/sh
# Sets the address that dhclient (new_ip_address) or udhcpc (ip) was given on eth0, and touches nothing else of the machine.
# SPDX-License-Identifier: Apache-2.0
set -eu
case "${reason:-$1}" in
    BOUND | bound | RENEW | renew | REBOOT | REBIND) ip address replace "${new_ip_address:-$ip}/24" dev eth0 ;;
    PREINIT | deconfig | RELEASE | EXPIRE) ip address flush dev eth0 ;;
esac
