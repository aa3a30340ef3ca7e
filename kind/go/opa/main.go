// OPA as its publisher's image for Envoy has it: the program opa, which also answers Envoy's questions about single calls.
// The plugin that answers them there is not served by every Go module proxy, so this one stands in for it (ext_authz.go).
package main

import (
	"errors"
	"os"

	"github.com/open-policy-agent/opa/cmd"
	"github.com/open-policy-agent/opa/v1/runtime"
)

func main() {
	runtime.RegisterPlugin(pluginName, factory{})
	err := cmd.RootCommand.Execute()
	if exit, ok := errors.AsType[*cmd.ExitError](err); ok {
		os.Exit(exit.Exit)
	}
	if err != nil {
		os.Exit(1)
	}
}
