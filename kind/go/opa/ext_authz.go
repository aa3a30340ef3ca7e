package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"strings"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/plugins"
	"google.golang.org/grpc"
)

// pluginName is the key of its settings under `plugins`, and its name among what `/health?plugins` waits for.
const pluginName = "envoy_ext_authz_grpc"

// settings are those of the original that lessons use, under the same keys. Others are refused rather than ignored.
type settings struct {
	// Addr is where Envoy asks.
	Addr string `json:"addr"`
	// Path leads to the decision below `data`, e.g. `istio/authz/allow`.
	Path string `json:"path"`
}

type factory struct{}

// Validate reads the settings.
func (factory) Validate(_ *plugins.Manager, raw []byte) (any, error) {
	read := settings{Addr: ":9191", Path: "envoy/authz/allow"}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return nil, fmt.Errorf("%s: %w", pluginName, err)
	}
	if _, err := queryOf(read.Path); err != nil {
		return nil, fmt.Errorf("%s: path %q: %w", pluginName, read.Path, err)
	}
	return read, nil
}

// New makes the plugin; it listens once it is started.
func (factory) New(manager *plugins.Manager, config any) plugins.Plugin {
	manager.UpdatePluginStatus(pluginName, &plugins.Status{State: plugins.StateNotReady})
	return &extAuthz{manager: manager, settings: config.(settings)}
}

// extAuthz answers Envoy, and leaves a line in the decision log for each answer.
type extAuthz struct {
	auth.UnimplementedAuthorizationServer
	manager  *plugins.Manager
	settings settings
	server   *grpc.Server
}

// Start listens for Envoy.
func (p *extAuthz) Start(context.Context) error {
	listener, err := net.Listen("tcp", p.settings.Addr)
	if err != nil {
		return err
	}
	p.server = grpc.NewServer()
	auth.RegisterAuthorizationServer(p.server, p)
	go func() {
		if err := p.server.Serve(listener); err != nil {
			p.manager.UpdatePluginStatus(pluginName, &plugins.Status{State: plugins.StateErr, Message: err.Error()})
		}
	}()
	p.manager.UpdatePluginStatus(pluginName, &plugins.Status{State: plugins.StateOK})
	return nil
}

// Stop ends it.
func (p *extAuthz) Stop(context.Context) {
	if p.server != nil {
		p.server.Stop()
	}
	p.manager.UpdatePluginStatus(pluginName, &plugins.Status{State: plugins.StateNotReady})
}

// Reconfigure does nothing: the settings are read once.
func (p *extAuthz) Reconfigure(context.Context, any) {}

// queryOf makes the query of a path, e.g. `data.istio.authz.allow` of `istio/authz/allow`.
func queryOf(path string) (ast.Body, error) {
	reference := ast.DefaultRootRef
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" {
			return nil, fmt.Errorf("it has an empty part")
		}
		reference = reference.Append(ast.StringTerm(name))
	}
	return ast.NewBody(ast.NewExpr(ast.NewTerm(reference))), nil
}

func newDecisionID() string {
	return rand.Text()
}
