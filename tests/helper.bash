# Loaded by every test file: bats' libraries, and $EDDY, the program under test.

bats_load_library bats-support
bats_load_library bats-assert
bats_load_library bats-file

EDDY=${EDDY:-$BATS_TEST_DIRNAME/../build/eddy}

# Settings of the person who runs the tests must not reach the program.
for variable in ${!EDDY_@}; do
	unset "$variable"
done
unset variable NO_COLOR
