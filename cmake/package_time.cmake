# SPDX-License-Identifier: Apache-2.0
# Read by cpack: the same sources make the same package, whenever it is made.
set(ENV{SOURCE_DATE_EPOCH} ${CPACK_SBE_TIME})
