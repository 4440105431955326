package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The variables by which tests find the engine, as workflows/testenv reads them: the line of one that runs, else the
// program.
const (
	addrVariable   = "QUNBEI_ENGINE_ADDR"
	engineVariable = "QUNBEI_ENGINE"
)

// engine starts one engine for every run of the tests, unless one is running already; stop ends it.
func engine(ctx context.Context) (stop func(), err error) {
	if os.Getenv(addrVariable) != "" {
		return func() {}, nil
	}
	program := os.Getenv(engineVariable)
	if program == "" {
		program = filepath.Join("bin", "qunbei-solo")
	}
	if program, err = filepath.Abs(program); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "engine", "--temporary", "--until-stdin-closes") //nolint:gosec // our own program, where the developer says
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	stop = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		err = errors.Join(os.Setenv(engineVariable, program), os.Setenv(addrVariable, strings.TrimSpace(line)))
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("the engine did not start: %w", err)
	}
	return stop, nil
}
