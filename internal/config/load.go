package config

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Prefix begins the name of every overriding variable.
const Prefix = "WECKRUF_"

// Load reads the file (none if path is empty), lets the environment override it and checks
// the result. The error names every fault at once. The environment is given as os.Environ
// returns it; variables of the worker (WECKRUF_WORKER_…) are not the gateway's business.
func Load(path string, environ []string) (Gateway, error) {
	settings := Defaults()
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return Gateway{}, fmt.Errorf("read settings: %w", err)
		}
		if err := decode(text, &settings); err != nil {
			return Gateway{}, fmt.Errorf("settings in %s: %w", path, err)
		}
	}
	if err := override(&settings, environ); err != nil {
		return Gateway{}, fmt.Errorf("settings from the environment: %w", err)
	}
	if err := settings.Validate(); err != nil {
		return Gateway{}, fmt.Errorf("settings: %w", err)
	}
	return settings, nil
}

func decode(text []byte, into *Gateway) error {
	decoder := toml.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		return unknownKeys(strict)
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		row, _ := wrong.Position()
		return fmt.Errorf("line %d: %w", row, err)
	}
	return err
}

func unknownKeys(strict *toml.StrictMissingError) error {
	faults := make([]error, 0, len(strict.Errors))
	for _, e := range strict.Errors {
		row, _ := e.Position()
		faults = append(faults, fmt.Errorf("line %d: there is no setting %q", row, strings.Join(e.Key(), ".")))
	}
	return errors.Join(faults...)
}

func override(settings *Gateway, environ []string) error {
	fields := variables(settings)
	var faults []error
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, Prefix) || strings.HasPrefix(name, Prefix+"WORKER_") {
			continue
		}
		field, known := fields[name]
		if !known {
			faults = append(faults, fmt.Errorf("there is no setting for %s", name))
			continue
		}
		if err := set(field, value); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(faults...)
}

// variables maps the name of each variable to its field.
func variables(settings *Gateway) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	all := reflect.ValueOf(settings).Elem()
	for i := range all.NumField() {
		section := all.Type().Field(i).Tag.Get("toml")
		for j := range all.Field(i).NumField() {
			key := all.Field(i).Type().Field(j).Tag.Get("toml")
			fields[Prefix+strings.ToUpper(section+"_"+key)] = all.Field(i).Field(j)
		}
	}
	return fields
}

func set(field reflect.Value, value string) error {
	if text, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return text.UnmarshalText([]byte(value))
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(value)
	case reflect.Bool:
		parsed, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		field.SetBool(parsed)
	case reflect.Int:
		parsed, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
		field.SetInt(int64(parsed))
	case reflect.Slice:
		field.Set(reflect.ValueOf(list(value)))
	default:
		return fmt.Errorf("settings of kind %s cannot be overridden", field.Kind())
	}
	return nil
}

func list(value string) []string {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
