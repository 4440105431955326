package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// routeDirectory is the name under which the keys of directory imports are kept.
const routeDirectory = "POST /directory/imports"

// claimImport notes which file a key is for; the same key with another file is refused. The import itself is
// idempotent, so nothing else hangs on the key.
func (s *Service) claimImport(ctx context.Context, a Actor, key, sum string) error {
	ref := store.IdempotencyRef{Employee: a.ID, Key: key, Route: routeImport, Request: sum}
	before, err := s.cfg.Store.Replayed(ctx, ref)
	if err != nil {
		return fmt.Errorf("look up an idempotency key: %w", err)
	}
	if before.Known && !before.Same {
		return errKeyReused()
	}
	if before.Known {
		return nil
	}
	if err := s.cfg.Store.CompleteKey(ctx, ref, 200, map[string]string{"file": sum}); err != nil {
		return fmt.Errorf("keep an idempotency key: %w", err)
	}
	return nil
}

// ImportDirectory reads the address book and writes what differs; a dry run only tells. full: whoever is absent from the
// file has left. allowMass confirms that many do.
func (s *Service) ImportDirectory(ctx context.Context, a Actor, key string, up Upload, dryRun, full, allowMass bool) (DirectoryReport, error) {
	if !a.Has(domain.RoleHR) && !a.Has(domain.RoleProcessAdmin) {
		return DirectoryReport{}, forbidden("role_required")
	}
	if !dryRun {
		if err := checkKey(key); err != nil {
			return DirectoryReport{}, err
		}
	}
	rep, err := s.importDirectory(ctx, a, key, up, dryRun, directory.Options{Full: full, AllowMass: allowMass, NewID: newID})
	return rep, fail(err)
}

func (s *Service) importDirectory(ctx context.Context, a Actor, key string, up Upload, dryRun bool, opt directory.Options) (DirectoryReport, error) {
	ref := store.IdempotencyRef{
		Employee: a.ID, Key: key, Route: routeDirectory, Request: fileDigest(up) + ":" + strconv.FormatBool(opt.Full) + ":" + strconv.FormatBool(opt.AllowMass),
	}
	if !dryRun {
		if rep, done, err := s.importedBefore(ctx, ref); done || err != nil {
			return rep, err
		}
	}
	// The change is computed against a revision and written only on that one; another import in between means: again.
	const tries = 3
	for range tries {
		rep, err := s.tryDirectory(ctx, a, ref, up, dryRun, opt)
		if !errors.Is(err, store.ErrBehind) {
			return rep, err
		}
	}
	return DirectoryReport{}, &Error{Kind: Conflict, Code: "directory_moved_on"}
}

// importedBefore is the report of the first import under this key.
func (s *Service) importedBefore(ctx context.Context, ref store.IdempotencyRef) (DirectoryReport, bool, error) {
	before, err := s.cfg.Store.Replayed(ctx, ref)
	switch {
	case err != nil:
		return DirectoryReport{}, false, fmt.Errorf("look up an idempotency key: %w", err)
	case before.Known && !before.Same:
		return DirectoryReport{}, false, errKeyReused()
	case !before.Done:
		return DirectoryReport{}, false, nil
	}
	rep := DirectoryReport{Changes: []DirectoryChange{}, Faults: []DirectoryFault{}}
	if err := json.Unmarshal(before.Answer, &rep); err != nil {
		return DirectoryReport{}, false, fmt.Errorf("read the answer under an idempotency key: %w", err)
	}
	return rep, true, nil
}

func (s *Service) tryDirectory(ctx context.Context, a Actor, ref store.IdempotencyRef, up Upload, dryRun bool, opt directory.Options) (DirectoryReport, error) {
	book, faults, err := directory.Parse(up.Name, up.Data)
	if err != nil {
		return DirectoryReport{}, unreadable(err, a)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return DirectoryReport{}, err
	}
	change, more := directory.Diff(dir, book, opt)
	faults = append(faults, more...)
	rep := reportOf(dir, change, faults, a.lang())
	rep.DryRun = dryRun
	if dryRun {
		touched := store.Touched{People: change.People(), Departments: change.Departments(), Roles: change.Roles()}
		if rep.Cases, rep.Groups, err = s.cfg.Store.CountTouched(ctx, touched); err != nil {
			return DirectoryReport{}, err
		}
		return rep, nil
	}
	if directory.Blocking(faults) {
		return DirectoryReport{}, invalid(asFaults(faults, a.lang())...)
	}
	if change.Empty() {
		rep.Revision = dir.Revision
	} else {
		applied, err := s.cfg.Store.ApplyDirectory(ctx, a.ID, "import:"+fileDigest(up), updateOf(dir, change))
		if err != nil {
			return DirectoryReport{}, fmt.Errorf("write the directory: %w", err)
		}
		rep.Revision, rep.Cases, rep.Groups = applied.Revision, applied.Cases, applied.Groups
	}
	// Kept without names: the answer sent again tells counts and revision.
	kept := DirectoryReport{Revision: rep.Revision, Counts: rep.Counts, Cases: rep.Cases, Groups: rep.Groups, Changes: []DirectoryChange{}, Faults: []DirectoryFault{}}
	if err := s.cfg.Store.CompleteKey(ctx, ref, 200, kept); err != nil {
		return DirectoryReport{}, fmt.Errorf("keep an idempotency key: %w", err)
	}
	return rep, s.record(ctx, a, "directory_imported", "", routeDirectory, "allowed", map[string]any{
		"file": fileDigest(up), "revision": rep.Revision, "counts": rep.Counts,
	})
}

// updateOf is the change as the store writes it.
func updateOf(dir *domain.Directory, c directory.Change) store.DirectoryUpdate {
	up := store.DirectoryUpdate{
		Base: dir.Revision, Touched: store.Touched{People: c.People(), Departments: c.Departments(), Roles: c.Roles()}, Counts: map[string]int{},
	}
	for k, n := range c.Count() {
		up.Counts[string(k)] = n
	}
	for _, u := range c.Units {
		up.Departments = append(up.Departments, u.After)
		for _, k := range u.Kinds {
			up.Changes = append(up.Changes, store.DirectoryRecord{Kind: string(k), Department: string(u.After.ID)})
		}
	}
	for _, p := range c.Staff {
		up.Employees = append(up.Employees, p.After)
		for _, k := range p.Kinds {
			r := store.DirectoryRecord{Kind: string(k), Employee: string(p.After.ID)}
			if k == directory.Moved { // which groups somebody leaves depends on where they were (R2.3.4)
				r.Detail = map[string]any{"from": p.Before.Department, "to": p.After.Department}
			}
			up.Changes = append(up.Changes, r)
		}
	}
	return up
}

// reportOf words the difference.
func reportOf(dir *domain.Directory, c directory.Change, faults []directory.RowFault, lang string) DirectoryReport {
	rep := DirectoryReport{Counts: map[string]int{}, Changes: []DirectoryChange{}, Faults: []DirectoryFault{}}
	for k, n := range c.Count() {
		rep.Counts[string(k)] = n
	}
	after := directory.Apply(dir, c)
	before := names{dir}
	for _, u := range c.Units {
		for _, k := range u.Kinds {
			rep.Changes = append(rep.Changes, unitChange(before, names{after}, u, k))
		}
	}
	for _, p := range c.Staff {
		for _, k := range p.Kinds {
			rep.Changes = append(rep.Changes, staffChange(before, names{after}, p, k))
		}
	}
	for _, f := range faults {
		rep.Faults = append(rep.Faults, DirectoryFault{Row: f.Row, Column: f.Column, Code: f.Code, Text: f.Text(lang)})
	}
	return rep
}

func unitChange(before, after names, u directory.UnitChange, k directory.Kind) DirectoryChange {
	out := DirectoryChange{Kind: string(k), Name: after.department(u.After.ID).Path}
	switch k {
	case directory.Renamed:
		out.From, out.To = u.Before.Name, u.After.Name
	case directory.UnitMoved:
		out.From, out.To = before.department(u.Before.Parent).Path, after.department(u.After.Parent).Path
	case directory.LeaderChanged:
		out.From, out.To = before.person(u.Before.Leader).Name, after.person(u.After.Leader).Name
	case directory.UnitRecoded:
		out.From, out.To = u.Before.Code, u.After.Code
	default: // the kind says all
	}
	return out
}

func staffChange(before, after names, p directory.StaffChange, k directory.Kind) DirectoryChange {
	out := DirectoryChange{Kind: string(k), Number: p.After.Number, Name: p.After.Name}
	switch k {
	case directory.Joined, directory.Rejoined:
		out.To = after.department(p.After.Department).Path
	case directory.Left:
		out.From = before.department(p.Before.Department).Path
	case directory.Moved:
		out.From, out.To = before.department(p.Before.Department).Path, after.department(p.After.Department).Path
	case directory.PostChanged:
		out.From, out.To = p.Before.Post, p.After.Post
	case directory.Renamed:
		out.From, out.To = p.Before.Name, p.After.Name
	case directory.RolesChanged:
		out.From, out.To = roleList(p.Before.Roles), roleList(p.After.Roles)
	default: // the kind says all; addresses and numbers are not shown
	}
	return out
}

func roleList(roles []domain.Role) string {
	out := ""
	for i, r := range roles {
		if i > 0 {
			out += ", "
		}
		out += string(r)
	}
	return out
}

// asFaults gives the rows' faults the form that every faulty input is answered in.
func asFaults(list []directory.RowFault, lang string) []domain.Fault {
	out := make([]domain.Fault, 0, len(list))
	for _, f := range list {
		if f.Warning {
			continue
		}
		field := f.Field
		if f.Row > 0 {
			field = "rows[" + strconv.Itoa(f.Row) + "]." + f.Field
		}
		params := map[string]string{"column": f.Column, "text": rowText(f, lang)}
		for k, v := range f.Params {
			params[k] = v
		}
		out = append(out, domain.Fault{Field: field, Code: f.Code, Params: params})
	}
	return out
}
