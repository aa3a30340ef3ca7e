package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/plugins/logs"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/server"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/util"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/encoding/protojson"
)

// Check decides about one call. A policy that gives no yes or no is an error, which Envoy takes as it takes an outage.
func (p *extAuthz) Check(ctx context.Context, request *auth.CheckRequest) (*auth.CheckResponse, error) {
	input, err := inputOf(request)
	if err != nil {
		return nil, err
	}
	allowed, err := p.decide(ctx, input)
	if err != nil {
		return nil, err
	}
	answer := code.Code_PERMISSION_DENIED
	if allowed {
		answer = code.Code_OK
	}
	return &auth.CheckResponse{Status: &status.Status{Code: int32(answer)}}, nil
}

// decide asks the policy and writes down the decision, both as of one moment.
func (p *extAuthz) decide(ctx context.Context, input any) (allowed bool, err error) {
	err = storage.Txn(ctx, p.manager.Store, storage.TransactionParams{}, func(txn storage.Transaction) error {
		decision := &server.Info{
			Txn:        txn,
			DecisionID: newDecisionID(),
			Path:       p.settings.Path,
			Timestamp:  time.Now(),
			Input:      &input,
		}
		if allowed, decision.Error = p.evaluate(ctx, txn, input); decision.Error == nil {
			var result any = allowed
			decision.Results = &result
		}
		if log := logs.Lookup(p.manager); log != nil {
			if err := log.Log(ctx, decision); err != nil {
				return err
			}
		}
		return decision.Error
	})
	return allowed, err
}

func (p *extAuthz) evaluate(ctx context.Context, txn storage.Transaction, input any) (bool, error) {
	query, err := queryOf(p.settings.Path)
	if err != nil {
		return false, err
	}
	value, err := ast.InterfaceToValue(input)
	if err != nil {
		return false, err
	}
	results, err := rego.New(
		rego.ParsedQuery(query),
		rego.ParsedInput(value),
		rego.Compiler(p.manager.GetCompiler()),
		rego.Store(p.manager.Store),
		rego.Transaction(txn),
		rego.Runtime(p.manager.Info),
	).Eval(ctx)
	if err != nil {
		return false, err
	}
	if len(results) != 1 || len(results[0].Expressions) != 1 {
		return false, fmt.Errorf("%s is not defined", p.settings.Path)
	}
	allowed, ok := results[0].Expressions[0].Value.(bool)
	if !ok {
		return false, fmt.Errorf("%s is neither true nor false", p.settings.Path)
	}
	return allowed, nil
}

// inputOf is what the policy sees: the question as Envoy asks it, and the parts of the path beside it.
func inputOf(request *auth.CheckRequest) (any, error) {
	text, err := protojson.Marshal(request)
	if err != nil {
		return nil, err
	}
	input := map[string]any{}
	if err := util.UnmarshalJSON(text, &input); err != nil {
		return nil, err
	}
	asked, err := url.Parse(request.GetAttributes().GetRequest().GetHttp().GetPath())
	if err != nil {
		return nil, err
	}
	path := []any{}
	for part := range strings.SplitSeq(strings.TrimLeft(asked.Path, "/"), "/") {
		path = append(path, part)
	}
	parameters := map[string]any{}
	for name, values := range asked.Query() {
		all := []any{}
		for _, value := range values {
			all = append(all, value)
		}
		parameters[name] = all
	}
	input["parsed_path"] = path
	input["parsed_query"] = parameters
	input["version"] = map[string]any{"ext_authz": "v3", "encoding": "protojson"}
	return input, nil
}
