// Package config reads the gateway's settings: defaults, then a TOML file read strictly, then
// the environment, then one check that names every fault at once.
//
// A setting key of a section is overridden by WECKRUF_SECTION_KEY; lists are separated by
// commas there. Nothing in this package is global, and nothing changes after Load.
package config
