# Kinds of documents.

kind-listed = { $name } : { $label }, version { $version }
kind-of-programme = , ajouté au programme
kind-fine = { $name }, version { $version } : { $fields }, et rien n'est faux.
kind-known = { $name }, version { $version } : le programme l'a déjà.
kind-follows = { $name }, version { $version } : { $fields }, et elle peut suivre la version { $before }.
kind-added = Type { $name }, version { $version }, ajouté au programme.
kind-moved = Le type { $name } est maintenant à la version { $version } ; il était à { $before }.

# Files: what is read in, and written out.

no-file = aucun fichier n'est nommé
    .hint = accord import FICHIER, ou accord import csv FICHIER --map TABLE
would-be-made = seraient créés : { $number }
would-be-changed = seraient modifiés : { $number }
import-line = ligne { $line } : { $what }
not-taken = non repris : { $number }
to-look-at = à regarder : { $number }
import-done = { $made } en plus, { $changed } modifiés, { $unchanged } inchangés, { $refused } non repris
import-nothing = rien
import-would-not = Rien ne changerait dans { $name } : { $done }.
import-would-make = Le document { $name } ({ $kind }) serait créé, avec { $done }.
import-would-change = { $name } changerait : { $done }.
nothing-written = Rien n'a été écrit.
import-created = Document { $name } ({ $kind }) créé.
import-says-so = Rien à écrire : { $name } dit déjà tout cela ({ $done }).
import-wrote = { $name } : { $done }, en { $changes }.
edits-nothing = Rien ne changerait : { $name } le dit déjà.
no-format = le nom du fichier ne dit pas sous quelle forme exporter
    .hint = ajoutez --format csv, json, markdown ou html
exported = { $name } est dans { $file }, dans son état présent.
exported-next = modifiez-le si vous voulez, puis : accord import { $file }
