/* SPDX-License-Identifier: MIT
 *
 * The one thing that every part of the server half does to a connection: mark it for the sweep.
 */
#include "wire/grpc_own.h"

void grpc_own_touch(struct grpc_connection *connection)
{
	if (!connection->dirty || !connection->sweep->position)
		loop_arm(connection->loop, connection->sweep, loop_now_us());
	connection->dirty = true;
}
