/* SPDX-License-Identifier: MIT
 *
 * hlp, the command line of HLP. Everything is in commands.c and the commands.
 */
#include <locale.h>

#include "cli/commands.h"

int main(int argc, char **argv)
{
	(void)setlocale(LC_TIME, ""); /* the gate needs no locale; clocks do */
	return commands_main(argc, argv);
}
