/** Tests of the disguise that need no raw socket; system-tests has those over real ones. */
@NullMarked
package io.millrace.faketcp;

import org.jspecify.annotations.NullMarked;
