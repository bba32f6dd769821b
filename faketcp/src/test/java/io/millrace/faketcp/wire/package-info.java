/** Tests of crafting and parsing. */
@NullMarked
package io.millrace.faketcp.wire;

import org.jspecify.annotations.NullMarked;
