/* SPDX-License-Identifier: MIT
 *
 * Rules that the simulator's own copy of the runtime breaks on purpose, to prove that it would see
 * it. All are kept in every program that is shipped.
 */
#ifndef HLP_RUNTIME_BROKEN_H
#define HLP_RUNTIME_BROKEN_H

#define BROKEN_EARLY   false /* what a sealed turn asks for is done before it is durable */
#define BROKEN_REVOKED false /* an intent that was taken back starts nevertheless */
#define BROKEN_DOUBT   false /* what may have started is judged as if it had not */
#define BROKEN_LINK    false /* what was meant for one link is said over the next */

#endif
