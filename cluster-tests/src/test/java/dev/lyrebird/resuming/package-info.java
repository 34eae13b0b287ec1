/**
 * Subscribers that lose their connections at any byte and go on at any node, in many short random
 * histories at once.
 *
 * <p>An {@link dev.lyrebird.resuming.Episode} is one such history, which its seed determines but
 * for what the network makes of it. Its {@link dev.lyrebird.resuming.Follower followers} keep an
 * {@link dev.lyrebird.resuming.Account} of what they were told, and that is judged against what was
 * written.
 */
@NullMarked
package dev.lyrebird.resuming;

import org.jspecify.annotations.NullMarked;
