package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The specification's table of bad input, row by row and in its order: what upstream lets fail later or changes in silence is
 * refused with status 2 and a line that names flag, value and what is allowed, or warned of. spec: tunnel 10
 */
final class BadInputTableTest {
    /** {@code input | side | command line | refused or warned | parts of the line, separated by ...} */
    @ParameterizedTest(name = "{0}: {1} {2} is {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "conn 0, 65536 | client | -conn 0 | refused | flag -conn: value 0 is not allowed ... 1..1024",
                "conn 0, 65536 | client | -conn 65536 | refused | flag -conn: value 65536 is not allowed ... 1..1024",
                "conn -1 | client | -conn -1 | refused | flag -conn: value -1 is not allowed ... 1..1024",
                "smuxver 0 or negative | both | -smuxver 0 | refused | flag -smuxver: value 0 is not allowed ... 1..2",
                "smuxver 0 or negative | both | -smuxver -1 | refused | flag -smuxver: value -1 is not allowed ... 1..2",
                "smuxver 3 | both | -smuxver 3 | refused | flag -smuxver: value 3 is not allowed ... 1..2",
                "keepalive 0 | both | -keepalive 0 | refused | flag -keepalive: value 0 ... 1..30 (seconds)",
                "keepalive > 30 | both | -keepalive 31 | refused | flag -keepalive: value 31 ... 1..30 (seconds)",
                "keepalive negative | both | -keepalive -1 | refused | flag -keepalive: value -1 ... 1..30 (seconds)",
                "smuxbuf <= 0 | both | -smuxbuf 0 | refused | flag -smuxbuf: value 0 ... 1..2147483647 (bytes)",
                "smuxbuf <= 0 | both | -smuxbuf -1 | refused | flag -smuxbuf: value -1 ... 1..2147483647 (bytes)",
                "streambuf <= 0 | both | -streambuf 0 | refused | flag -streambuf: value 0 ... 1..2147483647 (bytes)",
                "streambuf > smuxbuf | both | -streambuf 4194305 | refused |"
                        + " flag -streambuf: value 4194305 ... streambuf up to smuxbuf, they are 4194305 and 4194304",
                "streambuf > smuxbuf, also with smuxver 1 | both | -smuxbuf 1000 -smuxver 1 | refused |"
                        + " flag -smuxbuf: value 1000 ... streambuf up to smuxbuf",
                "framesize < 1 | both | -framesize 0 | refused | flag -framesize: value 0 ... 1..65535 (bytes)",
                "framesize > 65535 | both | -framesize 65536 | refused | flag -framesize: value 65536 ... 1..65535",
                "smuxbuf > 2^31-1 | both | -smuxbuf 2147483648 | refused | flag -smuxbuf: value 2147483648 ...",
                "mtu > 1500 | both | -mtu 1501 | refused | flag -mtu: value 1501 is not allowed ... 1500 (bytes)",
                "mtu too small | both | -mtu 77 | refused | flag -mtu: value 77 ... 78..1500 (bytes) with crypt aes and FEC on",
                "mtu too small | both | -mtu 49 -crypt null -ds 0 | refused | flag -mtu: value 49 ... 50..1500",
                "sndwnd <= 0 | both | -sndwnd 0 | refused | flag -sndwnd: value 0 is not allowed ... (packets)",
                "sndwnd <= 0 | both | -sndwnd -1 | refused | flag -sndwnd: value -1 is not allowed ... (packets)",
                "rcvwnd <= 0 | both | -rcvwnd 0 | refused | flag -rcvwnd: value 0 is not allowed ... (packets)",
                "datashard negative | both | -datashard -1 | refused | flag -datashard: value -1 ... 0..256",
                "parityshard negative | both | -ps -1 | refused | flag -ps: value -1 ... 0..256",
                "datashard+parityshard > 256 | both | -ds 250 -ps 7 | refused | value 250 ... up to 256, together they are 257",
                "dscp > 63 | both | -dscp 64 | refused | flag -dscp: value 64 is not allowed ... 0..63",
                "dscp < 0 | both | -dscp -1 | refused | flag -dscp: value -1 is not allowed ... 0..63",
                "sockbuf <= 0 | both | -sockbuf 0 | refused | flag -sockbuf: value 0 is not allowed ... (bytes)",
                "sockbuf huge | both | -sockbuf 2147483648 | refused | flag -sockbuf: value 2147483648 ... (bytes)",
                "ratelimit < 0 | both | -ratelimit -1 | refused | flag -ratelimit: value -1 is not ... allowed: ",
                "crypt unknown | both | -crypt aes128 | refused | value \"aes128\" ... allowed: aes, ... did you mean aes-128?",
                "crypt unknown | both | -crypt AES-128 | refused | value \"AES-128\" ... did you mean aes-128?",
                "mode unknown | both | -mode FAST3 | refused | value \"FAST3\" ... normal, fast, fast2, fast3, manual ... fast3?",
                "key empty | both | -key= | warned | flag -key: the key is empty",
                "key default | both | -quiet | warned | the key is kcptun's default",
                "snmpperiod negative | both | -snmpperiod -1 | refused | flag -snmpperiod: value -1 is not ... allowed: ",
                "snmplog directory missing | both | -snmplog /no/such/directory/x.csv | refused |"
                        + " flag -snmplog: value \"/no/such/directory/x.csv\" is not ... allowed: ",
                "closewait negative | both | -closewait -1 | refused | flag -closewait: value -1 is not ... (seconds)",
                "autoexpire negative | client | -autoexpire -1 | refused | flag -autoexpire: value -1 is not ... allowed: ",
                "scavengettl negative | client | -scavengettl -1 | refused |"
                        + " flag -scavengettl: value -1 is not ... allowed: ",
                "remoteaddr malformed | client | -r vps | refused | flag -r: value \"vps\" ... HOST:PORT",
                "remoteaddr malformed | client | -r vps:http | refused | flag -r: value \"vps:http\" ... a port",
                "remoteaddr malformed | client | -r ::1:80 | refused | flag -r: value \"::1:80\" ... brackets",
                "localaddr without port | client | -l 127.0.0.1 | warned |"
                        + " flag -l: value \"127.0.0.1\" is taken for the path of a unix socket; for TCP write HOST:PORT",
                "localaddr looks like a port | client | -l 12948 | warned |"
                        + " flag -l: value \"12948\" is taken for the path of a unix socket; for TCP write HOST:PORT",
                "listen malformed | server | -listen 29900 | refused | flag -listen: value \"29900\" ... HOST:PORT",
                "listen malformed | server | -l :x | refused | flag -l: value \":x\" ... a port",
                "listen malformed | server | -l :4000-3000 | refused | flag -l: value \":4000-3000\" ... MIN-MAX",
                "target without port | server | -t example.com | warned |"
                        + " flag -t: value \"example.com\" is taken for the path of a unix socket; for TCP write HOST:PORT",
                "target socket missing | server | -t /no/such.sock | warned |"
                        + " flag -t: value \"/no/such.sock\" is taken for the path of a unix socket, and there is none now",
                "log file not writable | both | -log /no/such/directory/x.log | refused |"
                        + " flag -log: value \"/no/such/directory/x.log\" ... a file in a directory that exists",
                "log file not writable | both | -log / | refused | flag -log: value \"/\" ...",
                "QPPCount 0 | both | -QPPCount 0 | refused | flag -QPPCount: value 0 is not ... allowed: ",
                "QPPCount > 65535 | both | -QPPCount 65536 | refused | flag -QPPCount: value 65536 is not ... allowed: ",
                "unknown flag | both | -crpyt aes | refused | unknown flag -crpyt; did you mean -crypt?",
                "unknown flag | client | -listen :1 | refused | unknown flag -listen: it belongs to the server",
                "flag without value | both | -mtu | refused | flag -mtu needs a value",
                "stray argument | both | -nocomp false -mtu 1400 | warned | ignored from argument 2 ... among them -mtu",
            })
    void row(String input, String sides, String line, String verdict, String parts) {
        assertThat(sides).isIn("both", Side.CLIENT.toString(), Side.SERVER.toString());
        for (Side side : Side.values()) {
            if (!sides.equals("both") && !sides.equals(side.toString())) {
                continue;
            }
            String[] args = line.split(" ");
            Outcome<?> outcome =
                    side == Side.CLIENT ? ClientCommand.parse(args, Map.of()) : ServerCommand.parse(args, Map.of());
            String[] expected = Arrays.stream(parts.split(" \\.\\.\\.( |$)"))
                    .filter(part -> !part.isBlank())
                    .toArray(String[]::new);
            if (verdict.equals("refused")) {
                assertThat(Outcomes.error(outcome)).as("%s", input).contains(expected);
            } else {
                assertThat(verdict).isEqualTo("warned");
                assertThat(Outcomes.warnings(outcome)).as("%s", input).anySatisfy(warning -> assertThat(warning)
                        .contains(expected));
            }
        }
    }
}
