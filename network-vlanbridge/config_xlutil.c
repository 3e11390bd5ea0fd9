// SPDX-License-Identifier: ISC
// libxlutil is linked statically, for its parser alone, and without libxenlight: the shared libraries belong to one
// version of Xen, and with its upgrade the host would be without network at the next boot. This is what the parser
// needs of libxenlight, for a type of value that isn't ours.
#include <libxlutil.h>

void libxl_defbool_set(libxl_defbool *value, bool is_true)
{
	(void)value, (void)is_true;
}
