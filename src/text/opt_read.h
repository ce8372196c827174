/*
 * The command line, read option by option: --name VALUE, --name=VALUE, --no-name, -qv, -p8000,
 * and "--", behind which all are operands. What an option means is left to the caller.
 */
#ifndef EDDY_OPT_READ_H
#define EDDY_OPT_READ_H

#include "text/opt.h"

struct opt_reader {
	const struct opt_table *table;
	unsigned scopes;     /* options of others are faults */
	char **next;         /* the rest of the argv, which ends with NULL */
	const char *cluster; /* the letters of "-qv" that are left, or NULL */
	bool only_operands;  /* behind "--" */
};

enum opt_read { OPT_READ_END, OPT_READ_OPTION, OPT_READ_OPERAND, OPT_READ_FAULT };

/*
 * Reads the next option or operand (`value->text`). A fault is ERR_USAGE; what
 * caused it has been passed over, so reading can go on.
 */
enum opt_read opt_read(struct opt_reader *reader, struct opt_value *value, struct err *e);

#endif
