# What goes wrong with what is stored.

store-io = les données n'ont pas pu être traitées ({ $doing })
store-engine = le moteur de stockage a échoué ({ $doing } : { $what })
store-damaged = une valeur conservée dans { $tree } est endommagée (clé { $key })
store-read-only = rien ne peut être écrit avant la réouverture des données, car une écriture précédente a échoué : { $because }
store-locked = les données { $path } sont déjà ouvertes
store-not-opened = les données { $path } n'ont pas pu être ouvertes
store-format = les données ont le format { $found }, et cette version lit { $known }
logs-form = une donnée conservée ne peut pas être lue ({ $what })
logs-missing = une donnée manque dans ce qui est conservé ({ $what }) ; accord verify dit ce qui peut être réparé
logs-lost = les entrées { $from } à { $to } d'un journal sont abîmées dans cet entrepôt ; les autres qui les ont les rendent
logs-layout = les journaux sont écrits selon la disposition { $found }, et cette version d'accord lit la disposition { $known } ; employez la version qui les a écrits, ou une plus récente
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
store-locked-mend = un autre processus accord a ouvert ce dossier ; mettez-y fin d'abord
store-read-only-mend = la lecture marche encore ; redémarrez le nœud pour écrire à nouveau
store-forbidden-mend = vérifiez à qui appartiennent les fichiers du dossier, et leurs droits
