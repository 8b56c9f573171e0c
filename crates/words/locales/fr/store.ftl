# What goes wrong with what is stored.

store-io = les données n'ont pas pu être traitées ({ $doing })
store-engine = le moteur de stockage a échoué ({ $doing } : { $what })
store-damaged = une valeur conservée dans { $tree } est endommagée (clé { $key })
store-read-only = rien ne peut être écrit avant la réouverture des données, car une écriture précédente a échoué : { $because }
store-locked = les données { $path } sont déjà ouvertes
store-not-opened = les données { $path } n'ont pas pu être ouvertes
store-format = les données ont le format { $found }, et cette version lit { $known }
store-unnoted = le stockage { $path } ne dit pas par quel moteur il a été écrit
store-other-engine = le stockage { $path } est noté comme écrit par { $noted }, et a été trouvé écrit par { $found }, ou pris pour tel
store-unknown-engine = il n'y a pas de moteur de stockage { $word } ; il y a sled et redb
logs-form = une donnée conservée ne peut pas être lue ({ $what })
logs-missing = une donnée manque dans ce qui est conservé ({ $what }) ; accord verify dit ce qui peut être réparé
logs-lost = les entrées { $from } à { $to } d'un journal sont abîmées dans ce qui est conservé ici ; les autres qui les ont les rendent
logs-layout = les journaux sont écrits selon la disposition { $found }, et cette version d'accord lit la disposition { $known } ; employez la version qui les a écrits, ou une plus récente
logs-packed = des entrées de ces journaux se trouvent en lots, et rien n'a été donné pour les lire
logs-unsure = une écriture précédente a échoué à mi-chemin ; redémarrez le nœud avant d'écrire à nouveau
own-heads-unwritten = le fichier des positions propres n'a pas pu être écrit
logs-elsewhere = cela ne peut pas être écrit ici ({ $what })
logs-draft = l'entrée n'a pas été faite, car tout autre nœud la refuserait
logs-not-regular = l'entrée { $seq } n'a pas été faite, car elle n'a pas sa place à cet endroit de son journal
logs-unsigned = aucune signature n'est valable dans une longue suite d'entrées à partir de { $seq }
ingest-gap = les entrées commencent à { $first }, et { $held } sont ici
ingest-apart = les entrées à partir de { $first } appartiennent à une histoire de ce journal dont des entrées antérieures manquent
ingest-branches = { $limit } histoires de ce journal sont déjà ici, et il n'en est pas gardé davantage
append-behind = les données de ce nœud sont plus anciennes que ce qu'il a déjà signé ({ $held } entrées sur { $signed } sont là) : il n'écrit donc rien avant d'avoir récupéré ses propres entrées
append-ahead = d'autres ont { $said } entrées que cet appareil a écrites, et seules { $held } sont ici : il n'écrit donc rien avant d'avoir récupéré ses propres entrées
append-forked = une autre copie de cet appareil a écrit aussi, à partir de l'entrée { $seq } ; il faut une nouvelle clé d'appareil
own-heads-missing = le fichier des positions propres { $path } manque
own-heads-exists = le fichier des positions propres { $path } existe déjà
own-heads-damaged = le fichier des positions propres { $path } est endommagé ({ $why })
own-heads-version = le fichier des positions propres { $path } est de la version { $found }, inconnue ici
own-heads-backwards = la position { $seq } d'un journal propre n'est pas après la position { $noted }, déjà notée
own-heads-io = le fichier des positions propres { $path } n'a pas pu être traité ({ $doing })

store-disk-full-mend = le disque était plein. Rien de ce qui a été enregistré n'est perdu : faites de la place, puis redémarrez le nœud
store-full-mend = le disque est plein. Rien de ce qui a été enregistré n'est perdu : faites de la place et réessayez (un nœud qui tourne doit alors être redémarré)
store-value-mend = accord verify répare ce qui découle des entrées, et nomme ce que les autres doivent rendre
store-broken-mend = le stockage est endommagé. Gardez d'abord une copie de tout le dossier. Puis accord rebuild met ses fichiers de côté, reprend dans un nouveau stockage ce qu'ils contiennent encore, et les autres rendent le reste
store-locked-mend = un autre processus accord a ouvert ce dossier ; mettez-y fin d'abord
store-read-only-mend = la lecture marche encore ; redémarrez le nœud pour écrire à nouveau
store-unnoted-mend = ses fichiers sont ceux de { $engine }. Si personne ne les y a mis à la main, notez-le à nouveau : echo { $engine } > { $note }
store-unknown-mend = rien ne le dit. Remettez tout le dossier { $path } comme il était ; ou écartez-le et entrez à nouveau avec un ticket d'une autre organisation : ce qui a été échangé revient
store-other-engine-mend = des fichiers de deux stockages ont été mêlés. Remettez tout le dossier { $path } comme il était ; c'est accord compact --to { $noted } qui change le moteur
store-forbidden-mend = vérifiez à qui appartiennent les fichiers du dossier, et leurs droits

# Ce qui était tenté, et sur quoi ; le programme les nomme par ces clés.

store-doing =
    { $doing ->
        [open-its-lock-file] ouverture du fichier de verrouillage
        [lock-its-folder] verrouillage du dossier
        [create-its-folder] création du dossier
        [clear-its-folder-of-torn-snapshots] suppression des instantanés incomplets
        [look-at-the-engines-lock] examen du verrou du moteur
        [open-its-files] ouverture des fichiers
        [open-a-tree] ouverture d'une table
        [open-its-files-for-syncing] ouverture des fichiers pour les synchroniser
        [read] lecture
        [read-a-value] lecture d'une valeur
        [read-a-part-of-a-value] lecture d'une partie de valeur
        [read-the-next-key] lecture de la clé suivante
        [read-its-format] lecture du format
        [note-its-format] inscription du format
        [write] écriture
        [flush] écriture sur le disque
        [sync-its-file] synchronisation du fichier
        [sync-its-file-system] synchronisation du système de fichiers
        [put-the-copy-in-its-place] mise en place de la copie
        [remove-what-a-compaction-left] suppression des restes d'un compactage
        [open-the-folder-above-it] ouverture du dossier parent
        [sync-the-folder-above-it] synchronisation du dossier parent
        [measure-its-folder] mesure du dossier
        [start-its-writer] démarrage de l'écriture
        [answer] réponse
        [close] fermeture
        [change-the-length-of-its-file] modification de la longueur du fichier
        [clear-away-a-file-that-was-never-finished] suppression d'un fichier inachevé
        [close-its-file] fermeture du fichier
        [copy] copie
        [list-its-tables] énumération des tables
        [look-into-its-folder] examen du dossier
        [make-a-table] création d'une table
        [make-its-file] création du fichier
        [make-its-files] création des fichiers
        [note-by-which-engine-it-is-written] inscription du moteur employé
        [open-its-file] ouverture du fichier
        [open-its-folder] ouverture du dossier
        [put-its-file-in-its-place] mise en place du fichier
        [put-the-new-store-in-its-place] mise en place du nouveau stockage
        [read-by-which-engine-it-was-written] lecture du moteur employé
        [shrink-its-file] réduction du fichier
        [sync-its-folder] synchronisation du dossier
        [write-to-its-file] écriture dans le fichier
       *[other] suite
    }
own-heads-doing =
    { $doing ->
        [look-for] recherche
        [open] ouverture
        [read] lecture
        [clear-the-way-for] préparation
        [begin] création
        [write] écriture
        [sync] synchronisation
        [put-in-its-place] mise en place
        [sync-the-folder-of] synchronisation du dossier
       *[other] emploi
    }
own-heads-why =
    { $why ->
        [it-does-not-begin-like-one] il ne commence pas comme il devrait
        [it-is-cut-short] il est tronqué
        [its-checksum-is-wrong] sa somme de contrôle est fausse
        [its-length-does-not-match-its-count] sa longueur ne correspond pas au nombre indiqué
        [its-logs-are-not-in-their-order] ses journaux ne sont pas dans leur ordre
       *[other] il n'est pas tel qu'il a été écrit
    }
logs-what =
    { $what ->
        [a-forked-log] un journal à deux histoires
        [the-head-of-a-log] la fin d'un journal
        [a-page-of-arrivals] une page de l'ordre d'arrivée
        [an-entry] une entrée
        [the-place-of-an-entry] la place d'une entrée
        [the-proof-of-a-fork] la preuve de deux histoires
        [the-outside-of-a-change] l'enveloppe d'une modification
        [an-entry-of-the-run] une entrée de la suite
        [another-devices-key] la clé d'un autre appareil
        [the-number-of-the-layout-of-the-logs] le numéro de la disposition des journaux
        [another-programmes-entries] des entrées d'un autre programme
        [a-documents-id] l'identifiant d'un document
        [the-record-of-a-document] l'inscription d'un document
       *[other] une valeur
    }
store-limited =
    { $what ->
        [operations-of-one-commit] opérations en une écriture
        [bytes-of-a-key] octets pour une clé
        [bytes-of-a-value] octets pour une valeur
        [bytes-of-one-commit] octets en une écriture
       *[other] éléments
    }
store-too-large = { $size } { $what }, et { $limit } au plus sont possibles
store-aborted = la transaction a été interrompue
store-copy-differs = la copie n'est pas ce qui a été copié
store-writer-ended = l'écriture s'est arrêtée

# Making a store anew.
rebuild-searching = { $part } % des fichiers parcourus
rebuild-while-running = le nœud de ce dossier est en marche
    .hint = arrêtez-le d'abord : accord node stop ; puis reconstruisez, et relancez-le
rebuild-needless = le stockage de ce dossier s'ouvre, et n'est pas refait
    .hint = accord verify l'examine, répare ce qui découle des entrées, et nomme ce que d'autres ont à rendre
rebuild-nothing = il n'y a pas de stockage dans ce dossier
    .hint = nommez le dossier qui contient ses fichiers : accord rebuild DOSSIER ; ou rejoignez de nouveau avec un ticket : ce qui a été échangé revient
rebuild-cannot-move = le stockage endommagé ne peut pas être mis de côté : { $why }
rebuilt-aside = Le stockage endommagé est mis de côté dans { $path }. Gardez-le jusqu'à ce que tout soit revenu.
rebuilt-found = Trouvé dans ses fichiers, prouvé tel que signé, et repris dans le stockage : { $entries }.
rebuilt-none = Rien n'a été trouvé dans ses fichiers qui manque au stockage et qui puisse servir.
rebuilt-waiting = Trouvé aussi, mais en attente de ce qui manque avant : { $entries }.
rebuilt-torn = Trouvé en partie seulement, et non reconstitué : { $entries }.
rebuilt-behind = Cet appareil a signé plus que ce qui est ici : { $entries }. Il n'écrit rien avant leur retour.
rebuilt-next = accord node, et retrouvez les autres : ils rendent ce qu'ils ont. Puis arrêtez-le, et accord rebuild { $path } prend ce qui reste des fichiers
rebuilt-next-join = rejoignez de nouveau avec un ticket d'une autre organisation : accord join TICKET ; ce qui a été échangé revient. Puis accord rebuild { $path } prend ce qui reste des fichiers
doctor-shredded = le moteur du stockage a abandonné une partie endommagée de son journal ; ce qu'il a écrasé est gardé dans { $path }
doctor-shredded-mend = accord rebuild { $path }, nœud arrêté, reprend ce qui manque au stockage ; le dossier peut ensuite être supprimé
rebuilt-done = Rien de ce qui y a été trouvé ne manque plus : le dossier peut être supprimé.
store-format-mend = il a été écrit par une autre version de ce programme : prenez la plus récente
